ALTER TABLE `clients` ADD `entity_id` text;--> statement-breakpoint
CREATE UNIQUE INDEX `clients_entity_id` ON `clients` (`service_id`,`entity_id`) WHERE "clients"."entity_id" is not null;