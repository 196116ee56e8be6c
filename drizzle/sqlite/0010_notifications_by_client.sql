DROP INDEX `notifications_due`;--> statement-breakpoint
DROP INDEX `notifications_client`;--> statement-breakpoint
CREATE INDEX `notifications_client` ON `notifications` (`service_id`,`client_id`,`due_at`);