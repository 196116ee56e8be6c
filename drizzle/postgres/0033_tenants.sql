ALTER TABLE "event_endpoints" ADD COLUMN "dropped" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "event_endpoints" ADD COLUMN "dropped_since" bigint;