-- Hashes and families of tokens become bytes, as `bytesOf` in `src/store/schema/tokens/names.ts`
-- makes them; rows are in the order of time.
CREATE TABLE "__new_access_tokens" (
	"service_id" bigint NOT NULL,
	"client_id" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"offline" bigint DEFAULT 0 NOT NULL,
	"tail" "bytea" NOT NULL,
	"hash" "bytea" NOT NULL,
	"family_id" "bytea",
	"subject" text,
	"session_id" text,
	"grant_id" text,
	"data" text NOT NULL,
	"sealed_user" text,
	"client_ip" text,
	"user_agent" text,
	CONSTRAINT "__new_access_tokens_pk" PRIMARY KEY("service_id","tail")
);--> statement-breakpoint
INSERT INTO "__new_access_tokens" ("service_id", "client_id", "created_at", "expires_at", "offline", "tail", "hash", "family_id", "subject", "session_id", "grant_id", "data", "sealed_user", "client_ip", "user_agent")
SELECT "service_id", "client_id", "created_at", "expires_at", "offline", substr("hash", length("hash") - 7), "hash", "family", "subject", "session_id", "grant_id", "data"::text, "sealed_user", "client_ip", "user_agent"
FROM (
	SELECT *, CASE
		WHEN "token_hash" ~ '^([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]|[A-Za-z0-9_-]{29}[AQgw])$'
		THEN decode(translate("token_hash", '-_', '+/') || CASE WHEN length("token_hash") = 43 THEN '=' ELSE '==' END, 'base64')
		ELSE convert_to("token_hash", 'UTF8') || CASE WHEN octet_length("token_hash") % 2 = 0 THEN '\xff'::bytea ELSE '\xffff'::bytea END
	END AS "hash", CASE
		WHEN "family_id" ~ '^([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]|[A-Za-z0-9_-]{29}[AQgw])$'
		THEN decode(translate("family_id", '-_', '+/') || CASE WHEN length("family_id") = 43 THEN '=' ELSE '==' END, 'base64')
		ELSE convert_to("family_id", 'UTF8') || CASE WHEN octet_length("family_id") % 2 = 0 THEN '\xff'::bytea ELSE '\xffff'::bytea END
	END AS "family"
	FROM "access_tokens"
) AS named ORDER BY "created_at";--> statement-breakpoint
DROP TABLE "access_tokens";--> statement-breakpoint
ALTER TABLE "__new_access_tokens" RENAME TO "access_tokens";--> statement-breakpoint
ALTER TABLE "access_tokens" RENAME CONSTRAINT "__new_access_tokens_pk" TO "access_tokens_service_id_tail_pk";--> statement-breakpoint
CREATE INDEX "access_tokens_family" ON "access_tokens" USING btree ("service_id","family_id","expires_at") WHERE "access_tokens"."family_id" is not null;--> statement-breakpoint
CREATE INDEX "access_tokens_client" ON "access_tokens" USING btree ("service_id","client_id");--> statement-breakpoint
CREATE INDEX "access_tokens_subject" ON "access_tokens" USING btree ("service_id","subject","client_id") WHERE "access_tokens"."subject" is not null;--> statement-breakpoint
CREATE INDEX "access_tokens_session" ON "access_tokens" USING btree ("service_id","session_id") WHERE "access_tokens"."session_id" is not null;--> statement-breakpoint
CREATE INDEX "access_tokens_grant" ON "access_tokens" USING btree ("service_id","grant_id") WHERE "access_tokens"."grant_id" is not null;--> statement-breakpoint
CREATE INDEX "access_tokens_expiry" ON "access_tokens" USING btree ("expires_at");--> statement-breakpoint
CREATE TABLE "__new_refresh_tokens" (
	"service_id" bigint NOT NULL,
	"client_id" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"last_used_at" bigint,
	"offline" bigint DEFAULT 0 NOT NULL,
	"family_id" "bytea" NOT NULL,
	"tail" "bytea" NOT NULL,
	"hash" "bytea" NOT NULL,
	"subject" text,
	"session_id" text,
	"grant_id" text,
	"data" text NOT NULL,
	"sealed_user" text,
	"client_ip" text,
	"user_agent" text,
	CONSTRAINT "__new_refresh_tokens_pk" PRIMARY KEY("service_id","family_id")
);--> statement-breakpoint
INSERT INTO "__new_refresh_tokens" ("service_id", "client_id", "created_at", "expires_at", "last_used_at", "offline", "family_id", "tail", "hash", "subject", "session_id", "grant_id", "data", "sealed_user", "client_ip", "user_agent")
SELECT "service_id", "client_id", "created_at", "expires_at", "last_used_at", "offline", "family", substr("hash", length("hash") - 7), "hash", "subject", "session_id", "grant_id", "data"::text, "sealed_user", "client_ip", "user_agent"
FROM (
	SELECT *, CASE
		WHEN "token_hash" ~ '^([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]|[A-Za-z0-9_-]{29}[AQgw])$'
		THEN decode(translate("token_hash", '-_', '+/') || CASE WHEN length("token_hash") = 43 THEN '=' ELSE '==' END, 'base64')
		ELSE convert_to("token_hash", 'UTF8') || CASE WHEN octet_length("token_hash") % 2 = 0 THEN '\xff'::bytea ELSE '\xffff'::bytea END
	END AS "hash", CASE
		WHEN "family_id" ~ '^([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]|[A-Za-z0-9_-]{29}[AQgw])$'
		THEN decode(translate("family_id", '-_', '+/') || CASE WHEN length("family_id") = 43 THEN '=' ELSE '==' END, 'base64')
		ELSE convert_to("family_id", 'UTF8') || CASE WHEN octet_length("family_id") % 2 = 0 THEN '\xff'::bytea ELSE '\xffff'::bytea END
	END AS "family"
	FROM "refresh_tokens"
) AS named ORDER BY "created_at";--> statement-breakpoint
DROP TABLE "refresh_tokens";--> statement-breakpoint
ALTER TABLE "__new_refresh_tokens" RENAME TO "refresh_tokens";--> statement-breakpoint
ALTER TABLE "refresh_tokens" RENAME CONSTRAINT "__new_refresh_tokens_pk" TO "refresh_tokens_service_id_family_id_pk";--> statement-breakpoint
CREATE UNIQUE INDEX "refresh_tokens_hash" ON "refresh_tokens" USING btree ("service_id","tail");--> statement-breakpoint
CREATE INDEX "refresh_tokens_client" ON "refresh_tokens" USING btree ("service_id","client_id");--> statement-breakpoint
CREATE INDEX "refresh_tokens_subject" ON "refresh_tokens" USING btree ("service_id","subject","client_id") WHERE "refresh_tokens"."subject" is not null;--> statement-breakpoint
CREATE INDEX "refresh_tokens_session" ON "refresh_tokens" USING btree ("service_id","session_id") WHERE "refresh_tokens"."session_id" is not null;--> statement-breakpoint
CREATE INDEX "refresh_tokens_grant" ON "refresh_tokens" USING btree ("service_id","grant_id") WHERE "refresh_tokens"."grant_id" is not null;--> statement-breakpoint
CREATE INDEX "refresh_tokens_expiry" ON "refresh_tokens" USING btree ("expires_at");--> statement-breakpoint
CREATE TABLE "__new_refresh_predecessors" (
	"service_id" bigint NOT NULL,
	"client_id" bigint NOT NULL,
	"rotated_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"tail" "bytea" NOT NULL,
	"hash" "bytea" NOT NULL,
	"family_id" "bytea" NOT NULL,
	"sealed_successor" text,
	CONSTRAINT "__new_refresh_predecessors_pk" PRIMARY KEY("service_id","tail")
);--> statement-breakpoint
INSERT INTO "__new_refresh_predecessors" ("service_id", "client_id", "rotated_at", "expires_at", "tail", "hash", "family_id", "sealed_successor")
SELECT "service_id", "client_id", "rotated_at", "expires_at", substr("hash", length("hash") - 7), "hash", "family", "sealed_successor"
FROM (
	SELECT *, CASE
		WHEN "token_hash" ~ '^([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]|[A-Za-z0-9_-]{29}[AQgw])$'
		THEN decode(translate("token_hash", '-_', '+/') || CASE WHEN length("token_hash") = 43 THEN '=' ELSE '==' END, 'base64')
		ELSE convert_to("token_hash", 'UTF8') || CASE WHEN octet_length("token_hash") % 2 = 0 THEN '\xff'::bytea ELSE '\xffff'::bytea END
	END AS "hash", CASE
		WHEN "family_id" ~ '^([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]|[A-Za-z0-9_-]{29}[AQgw])$'
		THEN decode(translate("family_id", '-_', '+/') || CASE WHEN length("family_id") = 43 THEN '=' ELSE '==' END, 'base64')
		ELSE convert_to("family_id", 'UTF8') || CASE WHEN octet_length("family_id") % 2 = 0 THEN '\xff'::bytea ELSE '\xffff'::bytea END
	END AS "family"
	FROM "refresh_predecessors"
) AS named ORDER BY "rotated_at";--> statement-breakpoint
DROP TABLE "refresh_predecessors";--> statement-breakpoint
ALTER TABLE "__new_refresh_predecessors" RENAME TO "refresh_predecessors";--> statement-breakpoint
ALTER TABLE "refresh_predecessors" RENAME CONSTRAINT "__new_refresh_predecessors_pk" TO "refresh_predecessors_service_id_tail_pk";--> statement-breakpoint
CREATE INDEX "refresh_predecessors_client" ON "refresh_predecessors" USING btree ("service_id","client_id");--> statement-breakpoint
CREATE INDEX "refresh_predecessors_expiry" ON "refresh_predecessors" USING btree ("expires_at");
