CREATE TABLE `deliveries` (
	`service_id` integer NOT NULL,
	`delivery_id` text NOT NULL,
	`kind` text NOT NULL,
	`logout_id` text NOT NULL,
	`client_id` integer NOT NULL,
	`session_id` text,
	`subject` text,
	`sid` text,
	`sub` text,
	`status` text NOT NULL,
	`attempts` integer NOT NULL,
	`due_at` integer,
	`created_at` integer NOT NULL,
	`finished_at` integer,
	`give_up_at` integer NOT NULL,
	`kept_until` integer NOT NULL,
	`last_status` integer,
	`last_error` text,
	`reason` text,
	`data` text NOT NULL,
	PRIMARY KEY(`service_id`, `delivery_id`)
);
--> statement-breakpoint
CREATE INDEX `deliveries_logout` ON `deliveries` (`service_id`,`logout_id`);--> statement-breakpoint
CREATE INDEX `deliveries_due` ON `deliveries` (`service_id`,`client_id`,`due_at`) WHERE "deliveries"."due_at" is not null;--> statement-breakpoint
CREATE INDEX `deliveries_created` ON `deliveries` (`service_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `deliveries_client` ON `deliveries` (`service_id`,`client_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `deliveries_subject` ON `deliveries` (`service_id`,`subject`,`created_at`) WHERE "deliveries"."subject" is not null;--> statement-breakpoint
CREATE INDEX `deliveries_dead` ON `deliveries` (`service_id`,`created_at`) WHERE "deliveries"."status" = 'DEAD';--> statement-breakpoint
CREATE INDEX `deliveries_session` ON `deliveries` (`service_id`,`session_id`) WHERE "deliveries"."session_id" is not null;--> statement-breakpoint
CREATE INDEX `deliveries_kept` ON `deliveries` (`kept_until`);--> statement-breakpoint
CREATE TABLE `session_clients` (
	`service_id` integer NOT NULL,
	`session_id` text NOT NULL,
	`client_id` integer NOT NULL,
	`sid` text NOT NULL,
	`sub` text NOT NULL,
	`first_at` integer NOT NULL,
	`last_at` integer NOT NULL,
	`kept_until` integer NOT NULL,
	`data` text NOT NULL,
	PRIMARY KEY(`service_id`, `session_id`, `client_id`)
);
--> statement-breakpoint
CREATE INDEX `session_clients_sid` ON `session_clients` (`service_id`,`sid`);--> statement-breakpoint
CREATE INDEX `session_clients_client` ON `session_clients` (`service_id`,`client_id`);--> statement-breakpoint
CREATE INDEX `session_clients_kept` ON `session_clients` (`kept_until`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`service_id` integer NOT NULL,
	`session_id` text NOT NULL,
	`subject` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`idle_ms` integer,
	`ends_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`ended_at` integer,
	`end_reason` text,
	`logout_id` text,
	`kept_until` integer NOT NULL,
	`auth_time` integer,
	`acr` text,
	`amr` text NOT NULL,
	`device_name` text,
	`device` text NOT NULL,
	`properties` text NOT NULL,
	PRIMARY KEY(`service_id`, `session_id`)
);
--> statement-breakpoint
CREATE INDEX `sessions_subject` ON `sessions` (`service_id`,`subject`);--> statement-breakpoint
CREATE INDEX `sessions_logout` ON `sessions` (`service_id`,`logout_id`) WHERE "sessions"."logout_id" is not null;--> statement-breakpoint
CREATE INDEX `sessions_expiry` ON `sessions` (`expires_at`) WHERE "sessions"."ended_at" is null;--> statement-breakpoint
CREATE INDEX `sessions_kept` ON `sessions` (`kept_until`);--> statement-breakpoint
ALTER TABLE `access_tokens` ADD `offline` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `backchannel_requests` ADD `session_id` text;--> statement-breakpoint
CREATE INDEX `backchannel_requests_session` ON `backchannel_requests` (`service_id`,`session_id`) WHERE "backchannel_requests"."session_id" is not null;--> statement-breakpoint
ALTER TABLE `device_codes` ADD `session_id` text;--> statement-breakpoint
CREATE INDEX `device_codes_session` ON `device_codes` (`service_id`,`session_id`) WHERE "device_codes"."session_id" is not null;--> statement-breakpoint
ALTER TABLE `refresh_tokens` ADD `offline` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `authorization_codes_session` ON `authorization_codes` (`service_id`,`session_id`) WHERE "authorization_codes"."session_id" is not null;--> statement-breakpoint
UPDATE `refresh_tokens` SET `offline` = 1 WHERE `session_id` IS NOT NULL AND EXISTS (SELECT 1 FROM json_each(`data`, '$.grant.scopes') WHERE value = 'offline_access');--> statement-breakpoint
UPDATE `access_tokens` SET `offline` = 1 WHERE `session_id` IS NOT NULL AND (EXISTS (SELECT 1 FROM json_each(`data`, '$.grant.scopes') WHERE value = 'offline_access') OR EXISTS (SELECT 1 FROM `refresh_tokens` r WHERE r.`service_id` = `access_tokens`.`service_id` AND r.`family_id` = `access_tokens`.`family_id` AND r.`offline` = 1));