CREATE TABLE `usage_sketches` (
	`service_id` integer NOT NULL,
	`day` integer NOT NULL,
	`kind` text NOT NULL,
	`version` integer NOT NULL,
	`registers` text NOT NULL,
	PRIMARY KEY(`service_id`, `day`, `kind`)
);
--> statement-breakpoint
CREATE INDEX `usage_sketches_day` ON `usage_sketches` (`day`);--> statement-breakpoint
ALTER TABLE `event_endpoints` ADD `dropped` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `event_endpoints` ADD `dropped_since` integer;