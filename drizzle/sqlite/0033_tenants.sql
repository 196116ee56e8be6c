ALTER TABLE `event_endpoints` ADD `dropped` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `event_endpoints` ADD `dropped_since` integer;