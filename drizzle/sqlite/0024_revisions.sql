CREATE TABLE `revisions` (
	`service_id` integer NOT NULL,
	`kind` text NOT NULL,
	`document_id` integer NOT NULL,
	`version` integer NOT NULL,
	`at` integer NOT NULL,
	`kept_until` integer,
	`origin` text NOT NULL,
	`settings` text,
	PRIMARY KEY(`service_id`, `kind`, `document_id`, `version`)
);
--> statement-breakpoint
CREATE INDEX `revisions_kept_until` ON `revisions` (`kept_until`) WHERE "revisions"."kept_until" is not null;