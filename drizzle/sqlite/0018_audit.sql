CREATE TABLE `audit` (
	`service_id` integer NOT NULL,
	`record_id` text NOT NULL,
	`seq` integer,
	`at` integer NOT NULL,
	`type` text NOT NULL,
	`operation` text NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` text,
	`actor_label` text,
	`on_behalf_of` text,
	`target_kind` text,
	`target_id` text,
	`outcome` text NOT NULL,
	`occurrences` integer NOT NULL,
	`request_id` text,
	`reason` text,
	`changes` text NOT NULL,
	PRIMARY KEY(`service_id`, `record_id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `audit_seq` ON `audit` (`seq`);--> statement-breakpoint
CREATE INDEX `audit_of_service` ON `audit` (`service_id`,`seq`);--> statement-breakpoint
CREATE INDEX `audit_age` ON `audit` (`at`);