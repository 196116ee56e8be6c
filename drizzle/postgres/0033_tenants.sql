CREATE TABLE "usage_sketches" (
	"service_id" bigint NOT NULL,
	"day" bigint NOT NULL,
	"kind" text NOT NULL,
	"version" bigint NOT NULL,
	"registers" text NOT NULL,
	CONSTRAINT "usage_sketches_service_id_day_kind_pk" PRIMARY KEY("service_id","day","kind")
);
--> statement-breakpoint
ALTER TABLE "event_endpoints" ADD COLUMN "dropped" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "event_endpoints" ADD COLUMN "dropped_since" bigint;--> statement-breakpoint
CREATE INDEX "usage_sketches_day" ON "usage_sketches" USING btree ("day");