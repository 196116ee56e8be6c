CREATE TABLE "event_deliveries" (
	"service_id" bigint NOT NULL,
	"event_id" text NOT NULL,
	"endpoint_id" bigint NOT NULL,
	"status" text NOT NULL,
	"attempts" bigint NOT NULL,
	"due_at" bigint,
	"created_at" bigint NOT NULL,
	"finished_at" bigint,
	"give_up_at" bigint NOT NULL,
	"kept_until" bigint NOT NULL,
	"last_status" bigint,
	"last_error" text,
	CONSTRAINT "event_deliveries_service_id_event_id_endpoint_id_pk" PRIMARY KEY("service_id","event_id","endpoint_id")
);
--> statement-breakpoint
CREATE TABLE "event_endpoints" (
	"service_id" bigint NOT NULL,
	"endpoint_id" bigint NOT NULL,
	"version" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"modified_at" bigint NOT NULL,
	"data" jsonb NOT NULL,
	"sealed" text NOT NULL,
	CONSTRAINT "event_endpoints_service_id_endpoint_id_pk" PRIMARY KEY("service_id","endpoint_id")
);
--> statement-breakpoint
CREATE TABLE "events" (
	"service_id" bigint NOT NULL,
	"event_id" text NOT NULL,
	"type" text NOT NULL,
	"created_at" bigint NOT NULL,
	"kept_until" bigint NOT NULL,
	"data" jsonb NOT NULL,
	CONSTRAINT "events_service_id_event_id_pk" PRIMARY KEY("service_id","event_id")
);
--> statement-breakpoint
ALTER TABLE "services" ADD COLUMN "subscriptions" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
CREATE INDEX "event_deliveries_due" ON "event_deliveries" USING btree ("service_id","endpoint_id","due_at") WHERE "event_deliveries"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "event_deliveries_created" ON "event_deliveries" USING btree ("service_id","created_at");--> statement-breakpoint
CREATE INDEX "event_deliveries_endpoint" ON "event_deliveries" USING btree ("service_id","endpoint_id","created_at");--> statement-breakpoint
CREATE INDEX "event_deliveries_parked" ON "event_deliveries" USING btree ("service_id","created_at") WHERE "event_deliveries"."status" = 'PARKED';--> statement-breakpoint
CREATE INDEX "event_deliveries_kept" ON "event_deliveries" USING btree ("kept_until");--> statement-breakpoint
CREATE INDEX "events_kept" ON "events" USING btree ("kept_until");