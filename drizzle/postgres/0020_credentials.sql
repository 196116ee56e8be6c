CREATE TABLE "credential_offers" (
	"service_id" bigint NOT NULL,
	"identifier_hash" text NOT NULL,
	"code_hash" text,
	"state_hash" text,
	"attempts" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"redeemed_at" bigint,
	"sealed" text NOT NULL,
	CONSTRAINT "credential_offers_service_id_identifier_hash_pk" PRIMARY KEY("service_id","identifier_hash")
);
--> statement-breakpoint
CREATE TABLE "credential_requests" (
	"service_id" bigint NOT NULL,
	"identifier_hash" text NOT NULL,
	"status" text NOT NULL,
	"client_id" bigint NOT NULL,
	"subject" text,
	"token_hash" text NOT NULL,
	"family_id" text NOT NULL,
	"expires_at" bigint NOT NULL,
	"data" jsonb NOT NULL,
	CONSTRAINT "credential_requests_service_id_identifier_hash_pk" PRIMARY KEY("service_id","identifier_hash")
);
--> statement-breakpoint
CREATE TABLE "issued_credentials" (
	"service_id" bigint NOT NULL,
	"credential_id" text NOT NULL,
	"issued_to" bigint NOT NULL,
	"subject" text,
	"configuration_id" text NOT NULL,
	"notification_hash" text,
	"list" bigint,
	"place" bigint,
	"status" bigint NOT NULL,
	"issued_at" bigint NOT NULL,
	"valid_until" bigint,
	"kept_until" bigint,
	"data" jsonb NOT NULL,
	CONSTRAINT "issued_credentials_service_id_credential_id_pk" PRIMARY KEY("service_id","credential_id")
);
--> statement-breakpoint
CREATE TABLE "status_lists" (
	"service_id" bigint NOT NULL,
	"list" bigint NOT NULL,
	"allocated" bigint NOT NULL,
	"version" bigint NOT NULL,
	"bits" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	CONSTRAINT "status_lists_service_id_list_pk" PRIMARY KEY("service_id","list")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "credential_offers_code" ON "credential_offers" USING btree ("service_id","code_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "credential_offers_state" ON "credential_offers" USING btree ("service_id","state_hash");--> statement-breakpoint
CREATE INDEX "credential_offers_expiry" ON "credential_offers" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "credential_requests_client" ON "credential_requests" USING btree ("service_id","client_id");--> statement-breakpoint
CREATE INDEX "credential_requests_expiry" ON "credential_requests" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "issued_credentials_place" ON "issued_credentials" USING btree ("service_id","list","place");--> statement-breakpoint
CREATE INDEX "issued_credentials_status" ON "issued_credentials" USING btree ("service_id","list") WHERE "issued_credentials"."status" <> 0;--> statement-breakpoint
CREATE INDEX "issued_credentials_subject" ON "issued_credentials" USING btree ("service_id","subject","credential_id");--> statement-breakpoint
CREATE INDEX "issued_credentials_client" ON "issued_credentials" USING btree ("service_id","issued_to","credential_id");--> statement-breakpoint
CREATE INDEX "issued_credentials_notification" ON "issued_credentials" USING btree ("service_id","notification_hash") WHERE "issued_credentials"."notification_hash" is not null;--> statement-breakpoint
CREATE INDEX "issued_credentials_kept" ON "issued_credentials" USING btree ("kept_until");