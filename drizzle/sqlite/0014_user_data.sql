ALTER TABLE `access_tokens` ADD `sealed_user` text;--> statement-breakpoint
ALTER TABLE `authorization_codes` ADD `sealed_user` text;--> statement-breakpoint
ALTER TABLE `backchannel_requests` ADD `sealed_user` text;--> statement-breakpoint
ALTER TABLE `device_codes` ADD `sealed_user` text;--> statement-breakpoint
ALTER TABLE `refresh_tokens` ADD `sealed_user` text;