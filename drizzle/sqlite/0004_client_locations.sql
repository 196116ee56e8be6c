ALTER TABLE `clients` ADD `location` text;--> statement-breakpoint
CREATE UNIQUE INDEX `clients_location` ON `clients` (`service_id`,`location`);