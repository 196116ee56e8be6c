CREATE TABLE `access_tokens` (
	`service_id` integer NOT NULL,
	`token_hash` text NOT NULL,
	`family_id` text NOT NULL,
	`client_id` integer NOT NULL,
	`subject` text,
	`session_id` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`data` text NOT NULL,
	PRIMARY KEY(`service_id`, `token_hash`)
);
--> statement-breakpoint
CREATE INDEX `access_tokens_family` ON `access_tokens` (`service_id`,`family_id`);--> statement-breakpoint
CREATE INDEX `access_tokens_client` ON `access_tokens` (`service_id`,`client_id`,`subject`);--> statement-breakpoint
CREATE INDEX `access_tokens_subject` ON `access_tokens` (`service_id`,`subject`);--> statement-breakpoint
CREATE INDEX `access_tokens_expiry` ON `access_tokens` (`expires_at`);--> statement-breakpoint
CREATE TABLE `api_tokens` (
	`service_id` integer NOT NULL,
	`token_hash` text PRIMARY KEY NOT NULL,
	`client_id` integer,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`data` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `api_tokens_service` ON `api_tokens` (`service_id`);--> statement-breakpoint
CREATE TABLE `authorization_codes` (
	`service_id` integer NOT NULL,
	`code_hash` text NOT NULL,
	`family_id` text NOT NULL,
	`client_id` integer NOT NULL,
	`subject` text,
	`expires_at` integer NOT NULL,
	`consumed_at` integer,
	`data` text NOT NULL,
	PRIMARY KEY(`service_id`, `code_hash`)
);
--> statement-breakpoint
CREATE INDEX `authorization_codes_client` ON `authorization_codes` (`service_id`,`client_id`);--> statement-breakpoint
CREATE INDEX `authorization_codes_expiry` ON `authorization_codes` (`expires_at`);--> statement-breakpoint
CREATE TABLE `clients` (
	`service_id` integer NOT NULL,
	`client_id` integer NOT NULL,
	`number` integer NOT NULL,
	`alias` text,
	`developer` text,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`modified_at` integer NOT NULL,
	`data` text NOT NULL,
	`sealed` text NOT NULL,
	PRIMARY KEY(`service_id`, `client_id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `clients_number` ON `clients` (`service_id`,`number`);--> statement-breakpoint
CREATE UNIQUE INDEX `clients_alias` ON `clients` (`service_id`,`alias`);--> statement-breakpoint
CREATE TABLE `counters` (
	`service_id` integer NOT NULL,
	`name` text NOT NULL,
	`value` integer NOT NULL,
	PRIMARY KEY(`service_id`, `name`)
);
--> statement-breakpoint
CREATE TABLE `granted_scopes` (
	`service_id` integer NOT NULL,
	`client_id` integer NOT NULL,
	`subject` text NOT NULL,
	`modified_at` integer NOT NULL,
	`data` text NOT NULL,
	PRIMARY KEY(`service_id`, `client_id`, `subject`)
);
--> statement-breakpoint
CREATE TABLE `refresh_predecessors` (
	`service_id` integer NOT NULL,
	`token_hash` text NOT NULL,
	`family_id` text NOT NULL,
	`client_id` integer NOT NULL,
	`rotated_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`sealed_successor` text,
	PRIMARY KEY(`service_id`, `token_hash`)
);
--> statement-breakpoint
CREATE INDEX `refresh_predecessors_family` ON `refresh_predecessors` (`service_id`,`family_id`);--> statement-breakpoint
CREATE INDEX `refresh_predecessors_client` ON `refresh_predecessors` (`service_id`,`client_id`);--> statement-breakpoint
CREATE INDEX `refresh_predecessors_expiry` ON `refresh_predecessors` (`expires_at`);--> statement-breakpoint
CREATE TABLE `refresh_tokens` (
	`service_id` integer NOT NULL,
	`family_id` text NOT NULL,
	`token_hash` text NOT NULL,
	`client_id` integer NOT NULL,
	`subject` text,
	`session_id` text,
	`created_at` integer NOT NULL,
	`last_used_at` integer,
	`expires_at` integer NOT NULL,
	`data` text NOT NULL,
	PRIMARY KEY(`service_id`, `family_id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `refresh_tokens_hash` ON `refresh_tokens` (`service_id`,`token_hash`);--> statement-breakpoint
CREATE INDEX `refresh_tokens_client` ON `refresh_tokens` (`service_id`,`client_id`,`subject`);--> statement-breakpoint
CREATE INDEX `refresh_tokens_subject` ON `refresh_tokens` (`service_id`,`subject`);--> statement-breakpoint
CREATE INDEX `refresh_tokens_expiry` ON `refresh_tokens` (`expires_at`);--> statement-breakpoint
CREATE TABLE `replays` (
	`service_id` integer NOT NULL,
	`kind` text NOT NULL,
	`value_hash` text NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`service_id`, `kind`, `value_hash`)
);
--> statement-breakpoint
CREATE INDEX `replays_expiry` ON `replays` (`expires_at`);--> statement-breakpoint
CREATE TABLE `services` (
	`service_id` integer PRIMARY KEY NOT NULL,
	`number` integer NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`modified_at` integer NOT NULL,
	`data` text NOT NULL,
	`sealed` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `services_number` ON `services` (`number`);--> statement-breakpoint
CREATE TABLE `tickets` (
	`service_id` integer NOT NULL,
	`ticket_hash` text NOT NULL,
	`client_id` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`consumed_at` integer,
	`data` text NOT NULL,
	PRIMARY KEY(`service_id`, `ticket_hash`)
);
--> statement-breakpoint
CREATE INDEX `tickets_client` ON `tickets` (`service_id`,`client_id`);--> statement-breakpoint
CREATE INDEX `tickets_expiry` ON `tickets` (`expires_at`);