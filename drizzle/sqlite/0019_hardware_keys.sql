CREATE TABLE `hardware_keys` (
	`service_id` integer NOT NULL,
	`handle` text NOT NULL,
	`hsm_name` text NOT NULL,
	`state` text NOT NULL,
	`created_at` integer NOT NULL,
	`due_at` integer,
	PRIMARY KEY(`service_id`, `handle`)
);
--> statement-breakpoint
CREATE INDEX `hardware_keys_due` ON `hardware_keys` (`due_at`);--> statement-breakpoint
ALTER TABLE `services` ADD `keys` text DEFAULT '{"hardware":[]}' NOT NULL;