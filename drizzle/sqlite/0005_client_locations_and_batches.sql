CREATE TABLE `token_batches` (
	`service_id` integer NOT NULL,
	`request_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`modified_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`data` text NOT NULL,
	PRIMARY KEY(`service_id`, `request_id`)
);
--> statement-breakpoint
CREATE INDEX `token_batches_expiry` ON `token_batches` (`expires_at`);--> statement-breakpoint
ALTER TABLE `clients` ADD `location` text;--> statement-breakpoint
CREATE UNIQUE INDEX `clients_location` ON `clients` (`service_id`,`location`);