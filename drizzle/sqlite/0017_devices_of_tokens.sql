ALTER TABLE `access_tokens` ADD `client_ip` text;--> statement-breakpoint
ALTER TABLE `access_tokens` ADD `user_agent` text;--> statement-breakpoint
ALTER TABLE `refresh_tokens` ADD `client_ip` text;--> statement-breakpoint
ALTER TABLE `refresh_tokens` ADD `user_agent` text;