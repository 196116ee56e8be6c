CREATE TABLE "event_streams" (
	"service_id" bigint NOT NULL,
	"client_id" bigint NOT NULL,
	"stream_id" text NOT NULL,
	"version" bigint NOT NULL,
	"status" text NOT NULL,
	"reason" text,
	"method" text NOT NULL,
	"types" text NOT NULL,
	"created_at" bigint NOT NULL,
	"modified_at" bigint NOT NULL,
	"verified_at" bigint,
	"data" jsonb NOT NULL,
	"sealed" text NOT NULL,
	CONSTRAINT "event_streams_service_id_client_id_pk" PRIMARY KEY("service_id","client_id")
);
--> statement-breakpoint
CREATE TABLE "security_events" (
	"service_id" bigint NOT NULL,
	"client_id" bigint NOT NULL,
	"set_id" text NOT NULL,
	"event_id" text NOT NULL,
	"type" text NOT NULL,
	"subject" text,
	"session_id" text,
	"created_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"attempts" bigint NOT NULL,
	"due_at" bigint NOT NULL,
	"sealed" text NOT NULL,
	CONSTRAINT "security_events_service_id_client_id_set_id_pk" PRIMARY KEY("service_id","client_id","set_id")
);
--> statement-breakpoint
CREATE TABLE "stream_subjects" (
	"service_id" bigint NOT NULL,
	"client_id" bigint NOT NULL,
	"subject_hash" text NOT NULL,
	"mode" text NOT NULL,
	"created_at" bigint NOT NULL,
	CONSTRAINT "stream_subjects_service_id_client_id_subject_hash_pk" PRIMARY KEY("service_id","client_id","subject_hash")
);
--> statement-breakpoint
CREATE INDEX "event_streams_pushed" ON "event_streams" USING btree ("service_id","client_id") WHERE "event_streams"."method" = 'push' and "event_streams"."status" = 'enabled';--> statement-breakpoint
CREATE INDEX "security_events_due" ON "security_events" USING btree ("service_id","client_id","due_at");--> statement-breakpoint
CREATE INDEX "security_events_expiry" ON "security_events" USING btree ("expires_at");