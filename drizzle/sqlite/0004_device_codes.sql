CREATE TABLE `attempts` (
	`service_id` integer NOT NULL,
	`name` text NOT NULL,
	`attempted` integer NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`service_id`, `name`)
);
--> statement-breakpoint
CREATE INDEX `attempts_expiry` ON `attempts` (`expires_at`);--> statement-breakpoint
CREATE TABLE `device_codes` (
	`service_id` integer NOT NULL,
	`device_code_hash` text NOT NULL,
	`user_code_hash` text NOT NULL,
	`client_id` integer NOT NULL,
	`subject` text,
	`polling_interval` integer NOT NULL,
	`polled_at` integer,
	`decided_at` integer,
	`consumed_at` integer,
	`expires_at` integer NOT NULL,
	`data` text NOT NULL,
	PRIMARY KEY(`service_id`, `device_code_hash`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `device_codes_user_code` ON `device_codes` (`service_id`,`user_code_hash`);--> statement-breakpoint
CREATE INDEX `device_codes_client` ON `device_codes` (`service_id`,`client_id`);--> statement-breakpoint
CREATE INDEX `device_codes_expiry` ON `device_codes` (`expires_at`);--> statement-breakpoint
CREATE INDEX `access_tokens_session` ON `access_tokens` (`service_id`,`session_id`);--> statement-breakpoint
CREATE INDEX `refresh_tokens_session` ON `refresh_tokens` (`service_id`,`session_id`);