CREATE TABLE `backchannel_requests` (
	`service_id` integer NOT NULL,
	`auth_req_hash` text NOT NULL,
	`ticket_hash` text NOT NULL,
	`client_id` integer NOT NULL,
	`subject` text,
	`status` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`last_polled_at` integer,
	`interval_seconds` integer NOT NULL,
	`data` text NOT NULL,
	`sealed` text NOT NULL,
	PRIMARY KEY(`service_id`, `auth_req_hash`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `backchannel_requests_ticket` ON `backchannel_requests` (`service_id`,`ticket_hash`);--> statement-breakpoint
CREATE INDEX `backchannel_requests_client` ON `backchannel_requests` (`service_id`,`client_id`);--> statement-breakpoint
CREATE INDEX `backchannel_requests_expiry` ON `backchannel_requests` (`expires_at`);