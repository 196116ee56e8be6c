DROP INDEX `event_streams_pushed`;--> statement-breakpoint
CREATE INDEX `event_streams_pushed` ON `event_streams` (`service_id`,`client_id`) WHERE "event_streams"."method" = 'push';--> statement-breakpoint
CREATE INDEX `security_events_of_stop` ON `security_events` (`service_id`,`client_id`,`due_at`) WHERE "security_events"."type" = 'stream-updated';