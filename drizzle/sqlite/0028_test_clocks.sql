ALTER TABLE `services` ADD `ahead` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `services_ahead` ON `services` (`ahead`) WHERE "services"."ahead" > 0;