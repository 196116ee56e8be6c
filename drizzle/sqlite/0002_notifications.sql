CREATE TABLE `notifications` (
	`service_id` integer NOT NULL,
	`notification_id` text NOT NULL,
	`client_id` integer NOT NULL,
	`attempts` integer NOT NULL,
	`due_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`sealed` text NOT NULL,
	PRIMARY KEY(`service_id`, `notification_id`)
);
--> statement-breakpoint
CREATE INDEX `notifications_client` ON `notifications` (`service_id`,`client_id`);--> statement-breakpoint
CREATE INDEX `notifications_due` ON `notifications` (`due_at`);--> statement-breakpoint
CREATE INDEX `notifications_expiry` ON `notifications` (`expires_at`);