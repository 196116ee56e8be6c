CREATE TABLE `idempotency_keys` (
	`service_id` integer NOT NULL,
	`key_hash` text NOT NULL,
	`request_hash` text NOT NULL,
	`expires_at` integer NOT NULL,
	`sealed` text NOT NULL,
	PRIMARY KEY(`service_id`, `key_hash`)
);
--> statement-breakpoint
CREATE INDEX `idempotency_keys_expiry` ON `idempotency_keys` (`expires_at`);