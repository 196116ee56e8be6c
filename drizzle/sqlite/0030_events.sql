CREATE TABLE `event_deliveries` (
	`service_id` integer NOT NULL,
	`event_id` text NOT NULL,
	`endpoint_id` integer NOT NULL,
	`status` text NOT NULL,
	`attempts` integer NOT NULL,
	`due_at` integer,
	`created_at` integer NOT NULL,
	`finished_at` integer,
	`give_up_at` integer NOT NULL,
	`kept_until` integer NOT NULL,
	`last_status` integer,
	`last_error` text,
	PRIMARY KEY(`service_id`, `event_id`, `endpoint_id`)
);
--> statement-breakpoint
CREATE INDEX `event_deliveries_due` ON `event_deliveries` (`service_id`,`endpoint_id`,`due_at`) WHERE "event_deliveries"."due_at" is not null;--> statement-breakpoint
CREATE INDEX `event_deliveries_created` ON `event_deliveries` (`service_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `event_deliveries_endpoint` ON `event_deliveries` (`service_id`,`endpoint_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `event_deliveries_parked` ON `event_deliveries` (`service_id`,`created_at`) WHERE "event_deliveries"."status" = 'PARKED';--> statement-breakpoint
CREATE INDEX `event_deliveries_kept` ON `event_deliveries` (`kept_until`);--> statement-breakpoint
CREATE TABLE `event_endpoints` (
	`service_id` integer NOT NULL,
	`endpoint_id` integer NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`modified_at` integer NOT NULL,
	`data` text NOT NULL,
	`sealed` text NOT NULL,
	PRIMARY KEY(`service_id`, `endpoint_id`)
);
--> statement-breakpoint
CREATE TABLE `events` (
	`service_id` integer NOT NULL,
	`event_id` text NOT NULL,
	`type` text NOT NULL,
	`created_at` integer NOT NULL,
	`kept_until` integer NOT NULL,
	`data` text NOT NULL,
	PRIMARY KEY(`service_id`, `event_id`)
);
--> statement-breakpoint
CREATE INDEX `events_kept` ON `events` (`kept_until`);--> statement-breakpoint
ALTER TABLE `services` ADD `subscriptions` text DEFAULT '[]' NOT NULL;