ALTER TABLE `clients` ADD `expires_at` integer;--> statement-breakpoint
CREATE INDEX `clients_expiry` ON `clients` (`expires_at`) WHERE "clients"."expires_at" is not null;--> statement-breakpoint
CREATE INDEX `clients_unused` ON `clients` (`service_id`,`expires_at`,`location`) WHERE "clients"."expires_at" is not null;