CREATE TABLE `event_streams` (
	`service_id` integer NOT NULL,
	`client_id` integer NOT NULL,
	`stream_id` text NOT NULL,
	`version` integer NOT NULL,
	`status` text NOT NULL,
	`reason` text,
	`method` text NOT NULL,
	`types` text NOT NULL,
	`created_at` integer NOT NULL,
	`modified_at` integer NOT NULL,
	`verified_at` integer,
	`data` text NOT NULL,
	`sealed` text NOT NULL,
	PRIMARY KEY(`service_id`, `client_id`)
);
--> statement-breakpoint
CREATE INDEX `event_streams_pushed` ON `event_streams` (`service_id`,`client_id`) WHERE "event_streams"."method" = 'push' and "event_streams"."status" = 'enabled';--> statement-breakpoint
CREATE TABLE `security_events` (
	`service_id` integer NOT NULL,
	`client_id` integer NOT NULL,
	`set_id` text NOT NULL,
	`event_id` text NOT NULL,
	`type` text NOT NULL,
	`subject` text,
	`session_id` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`attempts` integer NOT NULL,
	`due_at` integer NOT NULL,
	`sealed` text NOT NULL,
	PRIMARY KEY(`service_id`, `client_id`, `set_id`)
);
--> statement-breakpoint
CREATE INDEX `security_events_due` ON `security_events` (`service_id`,`client_id`,`due_at`);--> statement-breakpoint
CREATE INDEX `security_events_expiry` ON `security_events` (`expires_at`);--> statement-breakpoint
CREATE TABLE `stream_subjects` (
	`service_id` integer NOT NULL,
	`client_id` integer NOT NULL,
	`subject_hash` text NOT NULL,
	`mode` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`service_id`, `client_id`, `subject_hash`)
);
