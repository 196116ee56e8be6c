CREATE TABLE `credential_offers` (
	`service_id` integer NOT NULL,
	`identifier_hash` text NOT NULL,
	`code_hash` text,
	`state_hash` text,
	`attempts` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`redeemed_at` integer,
	`sealed` text NOT NULL,
	PRIMARY KEY(`service_id`, `identifier_hash`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `credential_offers_code` ON `credential_offers` (`service_id`,`code_hash`);--> statement-breakpoint
CREATE UNIQUE INDEX `credential_offers_state` ON `credential_offers` (`service_id`,`state_hash`);--> statement-breakpoint
CREATE INDEX `credential_offers_expiry` ON `credential_offers` (`expires_at`);--> statement-breakpoint
CREATE TABLE `credential_requests` (
	`service_id` integer NOT NULL,
	`identifier_hash` text NOT NULL,
	`status` text NOT NULL,
	`client_id` integer NOT NULL,
	`subject` text,
	`token_hash` text NOT NULL,
	`family_id` text NOT NULL,
	`expires_at` integer NOT NULL,
	`data` text NOT NULL,
	PRIMARY KEY(`service_id`, `identifier_hash`)
);
--> statement-breakpoint
CREATE INDEX `credential_requests_client` ON `credential_requests` (`service_id`,`client_id`);--> statement-breakpoint
CREATE INDEX `credential_requests_expiry` ON `credential_requests` (`expires_at`);--> statement-breakpoint
CREATE TABLE `issued_credentials` (
	`service_id` integer NOT NULL,
	`credential_id` text NOT NULL,
	`issued_to` integer NOT NULL,
	`subject` text,
	`configuration_id` text NOT NULL,
	`notification_hash` text,
	`list` integer,
	`place` integer,
	`status` integer NOT NULL,
	`issued_at` integer NOT NULL,
	`valid_until` integer,
	`kept_until` integer,
	`data` text NOT NULL,
	PRIMARY KEY(`service_id`, `credential_id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `issued_credentials_place` ON `issued_credentials` (`service_id`,`list`,`place`);--> statement-breakpoint
CREATE INDEX `issued_credentials_status` ON `issued_credentials` (`service_id`,`list`) WHERE "issued_credentials"."status" <> 0;--> statement-breakpoint
CREATE INDEX `issued_credentials_subject` ON `issued_credentials` (`service_id`,`subject`,`credential_id`);--> statement-breakpoint
CREATE INDEX `issued_credentials_client` ON `issued_credentials` (`service_id`,`issued_to`,`credential_id`);--> statement-breakpoint
CREATE INDEX `issued_credentials_notification` ON `issued_credentials` (`service_id`,`notification_hash`) WHERE "issued_credentials"."notification_hash" is not null;--> statement-breakpoint
CREATE INDEX `issued_credentials_kept` ON `issued_credentials` (`kept_until`);--> statement-breakpoint
CREATE TABLE `status_lists` (
	`service_id` integer NOT NULL,
	`list` integer NOT NULL,
	`allocated` integer NOT NULL,
	`version` integer NOT NULL,
	`bits` integer NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`service_id`, `list`)
);
