ALTER TABLE `clients` ADD `search_uri` text;--> statement-breakpoint
ALTER TABLE `clients` ADD `search_name` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `clients` ADD `labels` text;--> statement-breakpoint
ALTER TABLE `clients` ADD `summary` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE `services` ADD `search_issuer` text;--> statement-breakpoint
ALTER TABLE `services` ADD `search_name` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `services` ADD `labels` text;--> statement-breakpoint
ALTER TABLE `services` ADD `summary` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
UPDATE `services` SET `search_name` = substr(lower(trim(coalesce(json_extract(`data`, '$.serviceName'), ''))), 1, 120), `search_issuer` = substr(CASE WHEN lower(json_extract(`data`, '$.issuer')) LIKE 'https://%' THEN substr(lower(json_extract(`data`, '$.issuer')), 9) WHEN lower(json_extract(`data`, '$.issuer')) LIKE 'http://%' THEN substr(lower(json_extract(`data`, '$.issuer')), 8) ELSE nullif(lower(json_extract(`data`, '$.issuer')), '') END, 1, 200), `summary` = json_object('serviceName', nullif(substr(json_extract(`data`, '$.serviceName'), 1, 300), ''), 'issuer', nullif(substr(json_extract(`data`, '$.issuer'), 1, 300), ''));--> statement-breakpoint
UPDATE `clients` SET `search_name` = substr(lower(trim(coalesce(json_extract(`data`, '$.clientName'), ''))), 1, 120), `search_uri` = substr(CASE WHEN lower(json_extract(`data`, '$.redirectUris[0]')) LIKE 'https://%' THEN substr(lower(json_extract(`data`, '$.redirectUris[0]')), 9) WHEN lower(json_extract(`data`, '$.redirectUris[0]')) LIKE 'http://%' THEN substr(lower(json_extract(`data`, '$.redirectUris[0]')), 8) ELSE nullif(lower(json_extract(`data`, '$.redirectUris[0]')), '') END, 1, 200), `summary` = json_object('clientName', nullif(substr(json_extract(`data`, '$.clientName'), 1, 300), ''), 'clientType', nullif(substr(json_extract(`data`, '$.clientType'), 1, 300), ''), 'clientSource', nullif(substr(json_extract(`data`, '$.clientSource'), 1, 300), ''), 'locked', json(CASE WHEN json_extract(`data`, '$.locked') = 1 THEN 'true' ELSE 'null' END));--> statement-breakpoint
CREATE INDEX `clients_name` ON `clients` (`service_id`,`search_name`,`number`);--> statement-breakpoint
CREATE INDEX `clients_uri` ON `clients` (`service_id`,`search_uri`,`number`) WHERE "clients"."search_uri" is not null;--> statement-breakpoint
CREATE INDEX `clients_labels` ON `clients` (`service_id`,`search_name`,`number`,`labels`,`search_uri`) WHERE "clients"."labels" is not null;--> statement-breakpoint
CREATE INDEX `services_name` ON `services` (`search_name`,`number`);--> statement-breakpoint
CREATE INDEX `services_issuer` ON `services` (`search_issuer`,`number`) WHERE "services"."search_issuer" is not null;--> statement-breakpoint
CREATE INDEX `services_labels` ON `services` (`search_name`,`number`,`labels`,`search_issuer`,`service_id`) WHERE "services"."labels" is not null;