CREATE TABLE `key_schedules` (
	`service_id` integer NOT NULL,
	`task` text NOT NULL,
	`next_at` integer NOT NULL,
	`data` text NOT NULL,
	PRIMARY KEY(`service_id`, `task`)
);
--> statement-breakpoint
CREATE INDEX `key_schedules_next` ON `key_schedules` (`next_at`);