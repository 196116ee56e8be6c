ALTER TABLE `authorization_codes` ADD `session_id` text;--> statement-breakpoint
ALTER TABLE `clients` ADD `software_id` text;--> statement-breakpoint
UPDATE `authorization_codes` SET `session_id` = json_extract(`data`, '$.grant.sessionId') WHERE json_extract(`data`, '$.grant.sessionId') IS NOT NULL;--> statement-breakpoint
UPDATE `clients` SET `software_id` = nullif(json_extract(`data`, '$.softwareId'), '') WHERE json_extract(`data`, '$.softwareId') IS NOT NULL;--> statement-breakpoint
CREATE INDEX `clients_software` ON `clients` (`service_id`,`software_id`) WHERE "clients"."software_id" is not null;