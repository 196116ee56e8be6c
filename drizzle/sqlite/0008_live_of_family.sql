DROP INDEX `access_tokens_family`;--> statement-breakpoint
CREATE INDEX `access_tokens_family` ON `access_tokens` (`service_id`,`family_id`,`expires_at`);