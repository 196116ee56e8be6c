CREATE TABLE "revocation_logs" (
	"service_id" bigint PRIMARY KEY NOT NULL,
	"since" bigint NOT NULL,
	"last" bigint DEFAULT 0 NOT NULL,
	"swept_until" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "revocations" (
	"service_id" bigint NOT NULL,
	"place" bigint NOT NULL,
	"name" text NOT NULL,
	"client_id" bigint,
	"expires_at" bigint NOT NULL,
	CONSTRAINT "revocations_service_id_place_name_pk" PRIMARY KEY("service_id","place","name")
);
--> statement-breakpoint
CREATE INDEX "revocations_client" ON "revocations" USING btree ("service_id","client_id") WHERE "revocations"."client_id" is not null;--> statement-breakpoint
CREATE INDEX "revocations_expiry" ON "revocations" USING btree ("expires_at");--> statement-breakpoint
-- What ends or changes before its time is recorded by triggers, for services that have a log: the
-- name of a token is the end of its hash in hexadecimal digits. Of a client that is locked or
-- unlocked, and of a name that it gives up, all tokens are concerned, also those on their way.
-- A place is the number of the transaction: what has a lower one than each that is still open is all
-- there, so that a reader misses nothing.
CREATE FUNCTION note_access_token() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO revocations (service_id, place, name, expires_at)
	SELECT old.service_id, txid_current(), encode(old.tail, 'hex'), old.expires_at
	FROM revocation_logs l
	WHERE l.service_id = old.service_id AND old.expires_at > l.swept_until
	ON CONFLICT DO NOTHING;
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER access_tokens_ended AFTER DELETE ON access_tokens
FOR EACH ROW EXECUTE FUNCTION note_access_token();--> statement-breakpoint
CREATE TRIGGER access_tokens_changed AFTER UPDATE OF data, expires_at, tail ON access_tokens
FOR EACH ROW WHEN (old.data <> new.data OR new.expires_at < old.expires_at OR old.tail <> new.tail)
EXECUTE FUNCTION note_access_token();--> statement-breakpoint
CREATE FUNCTION note_client() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE is_locked boolean := coalesce(old.data ->> 'locked', 'false') <> coalesce(new.data ->> 'locked', 'false');
BEGIN
	INSERT INTO revocations (service_id, place, name, client_id, expires_at)
	SELECT old.service_id, txid_current(), 'client ' || n.name, old.client_id, 9007199254740991
	FROM revocation_logs l, (VALUES
		(old.client_id::text, is_locked),
		(old.alias, is_locked OR old.alias IS DISTINCT FROM new.alias),
		(old.location, is_locked OR old.location IS DISTINCT FROM new.location),
		(old.entity_id, is_locked OR old.entity_id IS DISTINCT FROM new.entity_id)
	) n (name, is_concerned)
	WHERE l.service_id = old.service_id AND n.name IS NOT NULL AND n.is_concerned AND NOT EXISTS (
		SELECT 1 FROM revocations r WHERE r.service_id = old.service_id
			AND r.client_id = old.client_id AND r.name = 'client ' || n.name)
	ON CONFLICT DO NOTHING;
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER clients_changed AFTER UPDATE OF data, alias, location, entity_id ON clients
FOR EACH ROW WHEN (
	coalesce(old.data ->> 'locked', 'false') <> coalesce(new.data ->> 'locked', 'false') OR old.alias IS DISTINCT FROM new.alias
	OR old.location IS DISTINCT FROM new.location OR old.entity_id IS DISTINCT FROM new.entity_id
) EXECUTE FUNCTION note_client();
