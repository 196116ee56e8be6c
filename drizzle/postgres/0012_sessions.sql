CREATE TABLE "deliveries" (
	"service_id" bigint NOT NULL,
	"delivery_id" text NOT NULL,
	"kind" text NOT NULL,
	"logout_id" text NOT NULL,
	"client_id" bigint NOT NULL,
	"session_id" text,
	"subject" text,
	"sid" text,
	"sub" text,
	"status" text NOT NULL,
	"attempts" bigint NOT NULL,
	"due_at" bigint,
	"created_at" bigint NOT NULL,
	"finished_at" bigint,
	"give_up_at" bigint NOT NULL,
	"kept_until" bigint NOT NULL,
	"last_status" bigint,
	"last_error" text,
	"reason" text,
	"data" jsonb NOT NULL,
	CONSTRAINT "deliveries_service_id_delivery_id_pk" PRIMARY KEY("service_id","delivery_id")
);
--> statement-breakpoint
CREATE TABLE "session_clients" (
	"service_id" bigint NOT NULL,
	"session_id" text NOT NULL,
	"client_id" bigint NOT NULL,
	"sid" text NOT NULL,
	"sub" text NOT NULL,
	"first_at" bigint NOT NULL,
	"last_at" bigint NOT NULL,
	"kept_until" bigint NOT NULL,
	"data" jsonb NOT NULL,
	CONSTRAINT "session_clients_service_id_session_id_client_id_pk" PRIMARY KEY("service_id","session_id","client_id")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"service_id" bigint NOT NULL,
	"session_id" text NOT NULL,
	"subject" text NOT NULL,
	"created_at" bigint NOT NULL,
	"last_seen_at" bigint NOT NULL,
	"idle_ms" bigint,
	"ends_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"ended_at" bigint,
	"end_reason" text,
	"logout_id" text,
	"kept_until" bigint NOT NULL,
	"auth_time" bigint,
	"acr" text,
	"amr" jsonb NOT NULL,
	"device_name" text,
	"device" jsonb NOT NULL,
	"properties" jsonb NOT NULL,
	CONSTRAINT "sessions_service_id_session_id_pk" PRIMARY KEY("service_id","session_id")
);
--> statement-breakpoint
ALTER TABLE "access_tokens" ADD COLUMN "offline" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "backchannel_requests" ADD COLUMN "session_id" text;--> statement-breakpoint
ALTER TABLE "device_codes" ADD COLUMN "session_id" text;--> statement-breakpoint
ALTER TABLE "refresh_tokens" ADD COLUMN "offline" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "deliveries_logout" ON "deliveries" USING btree ("service_id","logout_id");--> statement-breakpoint
CREATE INDEX "deliveries_due" ON "deliveries" USING btree ("service_id","client_id","due_at") WHERE "deliveries"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "deliveries_created" ON "deliveries" USING btree ("service_id","created_at");--> statement-breakpoint
CREATE INDEX "deliveries_client" ON "deliveries" USING btree ("service_id","client_id","created_at");--> statement-breakpoint
CREATE INDEX "deliveries_subject" ON "deliveries" USING btree ("service_id","subject","created_at") WHERE "deliveries"."subject" is not null;--> statement-breakpoint
CREATE INDEX "deliveries_dead" ON "deliveries" USING btree ("service_id","created_at") WHERE "deliveries"."status" = 'DEAD';--> statement-breakpoint
CREATE INDEX "deliveries_session" ON "deliveries" USING btree ("service_id","session_id") WHERE "deliveries"."session_id" is not null;--> statement-breakpoint
CREATE INDEX "deliveries_kept" ON "deliveries" USING btree ("kept_until");--> statement-breakpoint
CREATE INDEX "session_clients_sid" ON "session_clients" USING btree ("service_id","sid");--> statement-breakpoint
CREATE INDEX "session_clients_client" ON "session_clients" USING btree ("service_id","client_id");--> statement-breakpoint
CREATE INDEX "session_clients_kept" ON "session_clients" USING btree ("kept_until");--> statement-breakpoint
CREATE INDEX "sessions_subject" ON "sessions" USING btree ("service_id","subject");--> statement-breakpoint
CREATE INDEX "sessions_logout" ON "sessions" USING btree ("service_id","logout_id") WHERE "sessions"."logout_id" is not null;--> statement-breakpoint
CREATE INDEX "sessions_expiry" ON "sessions" USING btree ("expires_at") WHERE "sessions"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "sessions_kept" ON "sessions" USING btree ("kept_until");--> statement-breakpoint
CREATE INDEX "authorization_codes_session" ON "authorization_codes" USING btree ("service_id","session_id") WHERE "authorization_codes"."session_id" is not null;--> statement-breakpoint
CREATE INDEX "backchannel_requests_session" ON "backchannel_requests" USING btree ("service_id","session_id") WHERE "backchannel_requests"."session_id" is not null;--> statement-breakpoint
CREATE INDEX "device_codes_session" ON "device_codes" USING btree ("service_id","session_id") WHERE "device_codes"."session_id" is not null;--> statement-breakpoint
UPDATE "refresh_tokens" SET "offline" = 1 WHERE "session_id" IS NOT NULL AND "data" @> '{"grant":{"scopes":["offline_access"]}}';--> statement-breakpoint
UPDATE "access_tokens" t SET "offline" = 1 WHERE t."session_id" IS NOT NULL AND (t."data" @> '{"grant":{"scopes":["offline_access"]}}' OR EXISTS (SELECT 1 FROM "refresh_tokens" r WHERE r."service_id" = t."service_id" AND r."family_id" = t."family_id" AND r."offline" = 1));