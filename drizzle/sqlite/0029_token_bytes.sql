-- Hashes and families of tokens become bytes; rows stay in the order in which they were written.
-- `token_bytes` is a function of the connection (`src/store/sqlite/engine.ts`): a hash is base64url.
CREATE TABLE `__new_access_tokens` (
	`service_id` integer NOT NULL,
	`client_id` integer NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`offline` integer DEFAULT 0 NOT NULL,
	`tail` blob NOT NULL,
	`hash` blob NOT NULL,
	`family_id` blob,
	`subject` text,
	`session_id` text,
	`grant_id` text,
	`data` text NOT NULL,
	`sealed_user` text,
	`client_ip` text,
	`user_agent` text,
	PRIMARY KEY(`service_id`, `tail`)
);--> statement-breakpoint
INSERT INTO `__new_access_tokens` (`service_id`, `client_id`, `created_at`, `expires_at`, `offline`, `tail`, `hash`, `family_id`, `subject`, `session_id`, `grant_id`, `data`, `sealed_user`, `client_ip`, `user_agent`)
SELECT `service_id`, `client_id`, `created_at`, `expires_at`, `offline`, substr(token_bytes(`token_hash`), -8), token_bytes(`token_hash`), token_bytes(`family_id`), `subject`, `session_id`, `grant_id`, `data`, `sealed_user`, `client_ip`, `user_agent`
FROM `access_tokens` ORDER BY rowid;--> statement-breakpoint
DROP TABLE `access_tokens`;--> statement-breakpoint
ALTER TABLE `__new_access_tokens` RENAME TO `access_tokens`;--> statement-breakpoint
CREATE INDEX `access_tokens_family` ON `access_tokens` (`service_id`,`family_id`,`expires_at`) WHERE "access_tokens"."family_id" is not null;--> statement-breakpoint
CREATE INDEX `access_tokens_client` ON `access_tokens` (`service_id`,`client_id`);--> statement-breakpoint
CREATE INDEX `access_tokens_subject` ON `access_tokens` (`service_id`,`subject`,`client_id`) WHERE "access_tokens"."subject" is not null;--> statement-breakpoint
CREATE INDEX `access_tokens_session` ON `access_tokens` (`service_id`,`session_id`) WHERE "access_tokens"."session_id" is not null;--> statement-breakpoint
CREATE INDEX `access_tokens_grant` ON `access_tokens` (`service_id`,`grant_id`) WHERE "access_tokens"."grant_id" is not null;--> statement-breakpoint
CREATE INDEX `access_tokens_expiry` ON `access_tokens` (`expires_at`);--> statement-breakpoint
CREATE TABLE `__new_refresh_tokens` (
	`service_id` integer NOT NULL,
	`client_id` integer NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`last_used_at` integer,
	`offline` integer DEFAULT 0 NOT NULL,
	`family_id` blob NOT NULL,
	`tail` blob NOT NULL,
	`hash` blob NOT NULL,
	`subject` text,
	`session_id` text,
	`grant_id` text,
	`data` text NOT NULL,
	`sealed_user` text,
	`client_ip` text,
	`user_agent` text,
	PRIMARY KEY(`service_id`, `family_id`)
);--> statement-breakpoint
INSERT INTO `__new_refresh_tokens` (`service_id`, `client_id`, `created_at`, `expires_at`, `last_used_at`, `offline`, `family_id`, `tail`, `hash`, `subject`, `session_id`, `grant_id`, `data`, `sealed_user`, `client_ip`, `user_agent`)
SELECT `service_id`, `client_id`, `created_at`, `expires_at`, `last_used_at`, `offline`, token_bytes(`family_id`), substr(token_bytes(`token_hash`), -8), token_bytes(`token_hash`), `subject`, `session_id`, `grant_id`, `data`, `sealed_user`, `client_ip`, `user_agent`
FROM `refresh_tokens` ORDER BY rowid;--> statement-breakpoint
DROP TABLE `refresh_tokens`;--> statement-breakpoint
ALTER TABLE `__new_refresh_tokens` RENAME TO `refresh_tokens`;--> statement-breakpoint
CREATE UNIQUE INDEX `refresh_tokens_hash` ON `refresh_tokens` (`service_id`,`tail`);--> statement-breakpoint
CREATE INDEX `refresh_tokens_client` ON `refresh_tokens` (`service_id`,`client_id`);--> statement-breakpoint
CREATE INDEX `refresh_tokens_subject` ON `refresh_tokens` (`service_id`,`subject`,`client_id`) WHERE "refresh_tokens"."subject" is not null;--> statement-breakpoint
CREATE INDEX `refresh_tokens_session` ON `refresh_tokens` (`service_id`,`session_id`) WHERE "refresh_tokens"."session_id" is not null;--> statement-breakpoint
CREATE INDEX `refresh_tokens_grant` ON `refresh_tokens` (`service_id`,`grant_id`) WHERE "refresh_tokens"."grant_id" is not null;--> statement-breakpoint
CREATE INDEX `refresh_tokens_expiry` ON `refresh_tokens` (`expires_at`);--> statement-breakpoint
CREATE TABLE `__new_refresh_predecessors` (
	`service_id` integer NOT NULL,
	`client_id` integer NOT NULL,
	`rotated_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`tail` blob NOT NULL,
	`hash` blob NOT NULL,
	`family_id` blob NOT NULL,
	`sealed_successor` text,
	PRIMARY KEY(`service_id`, `tail`)
);--> statement-breakpoint
INSERT INTO `__new_refresh_predecessors` (`service_id`, `client_id`, `rotated_at`, `expires_at`, `tail`, `hash`, `family_id`, `sealed_successor`)
SELECT `service_id`, `client_id`, `rotated_at`, `expires_at`, substr(token_bytes(`token_hash`), -8), token_bytes(`token_hash`), token_bytes(`family_id`), `sealed_successor`
FROM `refresh_predecessors` ORDER BY rowid;--> statement-breakpoint
DROP TABLE `refresh_predecessors`;--> statement-breakpoint
ALTER TABLE `__new_refresh_predecessors` RENAME TO `refresh_predecessors`;--> statement-breakpoint
CREATE INDEX `refresh_predecessors_client` ON `refresh_predecessors` (`service_id`,`client_id`);--> statement-breakpoint
CREATE INDEX `refresh_predecessors_expiry` ON `refresh_predecessors` (`expires_at`);
