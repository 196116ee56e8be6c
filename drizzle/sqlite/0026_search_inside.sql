DROP INDEX `clients_name`;--> statement-breakpoint
ALTER TABLE `clients` ADD `traits` text DEFAULT '' NOT NULL;--> statement-breakpoint
UPDATE `clients` SET `traits` = ':' || coalesce(json_extract(`data`, '$.clientType'), '') || ':' || coalesce(json_extract(`data`, '$.applicationType'), '') || ':' || coalesce(json_extract(`data`, '$.clientSource'), '') || ':' || coalesce(json_extract(`data`, '$.tokenAuthMethod'), '') || CASE WHEN json_extract(`data`, '$.locked') = 1 THEN ':LOCKED:' ELSE ':OPEN:' END;--> statement-breakpoint
CREATE INDEX `clients_found` ON `clients` (`service_id`,`search_name`,`number`,`search_uri`,`traits`,`labels`);--> statement-breakpoint
DROP INDEX `services_name`;--> statement-breakpoint
CREATE INDEX `services_found` ON `services` (`search_name`,`number`,`search_issuer`,`labels`,`service_id`);--> statement-breakpoint
CREATE INDEX `services_changed` ON `services` (`modified_at`,`number`,`search_name`,`search_issuer`,`labels`,`service_id`);