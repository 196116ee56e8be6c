CREATE INDEX `access_tokens_session` ON `access_tokens` (`service_id`,`session_id`);--> statement-breakpoint
CREATE INDEX `refresh_tokens_session` ON `refresh_tokens` (`service_id`,`session_id`);