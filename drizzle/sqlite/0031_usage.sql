CREATE TABLE `usage` (
	`service_id` integer NOT NULL,
	`day` integer NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`service_id`, `day`, `kind`, `name`)
);
--> statement-breakpoint
CREATE INDEX `usage_rank` ON `usage` (`day`,`kind`,`name`,`count`);