DROP INDEX "event_streams_pushed";--> statement-breakpoint
CREATE INDEX "security_events_of_stop" ON "security_events" USING btree ("service_id","client_id","due_at") WHERE "security_events"."type" = 'stream-updated';--> statement-breakpoint
CREATE INDEX "event_streams_pushed" ON "event_streams" USING btree ("service_id","client_id") WHERE "event_streams"."method" = 'push';