CREATE TABLE `grants` (
	`service_id` integer NOT NULL,
	`grant_id` text NOT NULL,
	`client_id` integer NOT NULL,
	`subject` text NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`modified_at` integer NOT NULL,
	`data` text NOT NULL,
	PRIMARY KEY(`service_id`, `grant_id`)
);
--> statement-breakpoint
CREATE INDEX `grants_client` ON `grants` (`service_id`,`client_id`,`subject`);--> statement-breakpoint
DROP INDEX `api_tokens_service`;--> statement-breakpoint
ALTER TABLE `api_tokens` ADD `token_id` text;--> statement-breakpoint
CREATE UNIQUE INDEX `api_tokens_id` ON `api_tokens` (`service_id`,`token_id`);--> statement-breakpoint
ALTER TABLE `access_tokens` ADD `grant_id` text;--> statement-breakpoint
CREATE INDEX `access_tokens_grant` ON `access_tokens` (`service_id`,`grant_id`);--> statement-breakpoint
ALTER TABLE `refresh_tokens` ADD `grant_id` text;--> statement-breakpoint
CREATE INDEX `refresh_tokens_grant` ON `refresh_tokens` (`service_id`,`grant_id`);