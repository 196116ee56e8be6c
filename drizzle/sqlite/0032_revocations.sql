CREATE TABLE `revocation_logs` (
	`service_id` integer PRIMARY KEY NOT NULL,
	`since` integer NOT NULL,
	`last` integer DEFAULT 0 NOT NULL,
	`swept_until` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `revocations` (
	`service_id` integer NOT NULL,
	`place` integer NOT NULL,
	`name` text NOT NULL,
	`client_id` integer,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`service_id`, `place`, `name`)
);
--> statement-breakpoint
CREATE INDEX `revocations_client` ON `revocations` (`service_id`,`client_id`) WHERE "revocations"."client_id" is not null;--> statement-breakpoint
CREATE INDEX `revocations_expiry` ON `revocations` (`expires_at`);--> statement-breakpoint
-- What ends or changes before its time is recorded by triggers, for services that have a log: the
-- name of a token is the end of its hash in hexadecimal digits. Of a client that is locked or
-- unlocked, and of a name that it gives up, all tokens are concerned, also those on their way.
CREATE TRIGGER `access_tokens_ended` AFTER DELETE ON `access_tokens`
WHEN EXISTS (SELECT 1 FROM `revocation_logs` l
	WHERE l.`service_id` = old.`service_id` AND old.`expires_at` > l.`swept_until`)
BEGIN
	UPDATE `revocation_logs` SET `last` = `last` + 1 WHERE `service_id` = old.`service_id`;
	INSERT INTO `revocations` (`service_id`, `place`, `name`, `expires_at`)
	SELECT old.`service_id`, l.`last`, lower(hex(old.`tail`)), old.`expires_at`
	FROM `revocation_logs` l WHERE l.`service_id` = old.`service_id`;
END;--> statement-breakpoint
CREATE TRIGGER `access_tokens_changed` AFTER UPDATE OF `data`, `expires_at`, `tail` ON `access_tokens`
WHEN (old.`data` <> new.`data` OR new.`expires_at` < old.`expires_at` OR old.`tail` <> new.`tail`)
	AND EXISTS (SELECT 1 FROM `revocation_logs` l
	WHERE l.`service_id` = old.`service_id` AND old.`expires_at` > l.`swept_until`)
BEGIN
	UPDATE `revocation_logs` SET `last` = `last` + 1 WHERE `service_id` = old.`service_id`;
	INSERT INTO `revocations` (`service_id`, `place`, `name`, `expires_at`)
	SELECT old.`service_id`, l.`last`, lower(hex(old.`tail`)), old.`expires_at`
	FROM `revocation_logs` l WHERE l.`service_id` = old.`service_id`;
END;--> statement-breakpoint
CREATE TRIGGER `clients_changed` AFTER UPDATE OF `data`, `alias`, `location`, `entity_id` ON `clients`
WHEN (coalesce(old.`data` ->> 'locked', 0) <> coalesce(new.`data` ->> 'locked', 0) OR old.`alias` IS NOT new.`alias`
	OR old.`location` IS NOT new.`location` OR old.`entity_id` IS NOT new.`entity_id`)
	AND EXISTS (SELECT 1 FROM `revocation_logs` l WHERE l.`service_id` = old.`service_id`)
BEGIN
	UPDATE `revocation_logs` SET `last` = `last` + 1 WHERE `service_id` = old.`service_id`;
	INSERT INTO `revocations` (`service_id`, `place`, `name`, `client_id`, `expires_at`)
	SELECT old.`service_id`, l.`last`, 'client ' || n.`name`, old.`client_id`, 9007199254740991
	FROM `revocation_logs` l, (
		SELECT CAST(old.`client_id` AS text) AS `name` WHERE coalesce(old.`data` ->> 'locked', 0) <> coalesce(new.`data` ->> 'locked', 0)
		UNION SELECT old.`alias` WHERE coalesce(old.`data` ->> 'locked', 0) <> coalesce(new.`data` ->> 'locked', 0) OR old.`alias` IS NOT new.`alias`
		UNION SELECT old.`location` WHERE coalesce(old.`data` ->> 'locked', 0) <> coalesce(new.`data` ->> 'locked', 0) OR old.`location` IS NOT new.`location`
		UNION SELECT old.`entity_id` WHERE coalesce(old.`data` ->> 'locked', 0) <> coalesce(new.`data` ->> 'locked', 0) OR old.`entity_id` IS NOT new.`entity_id`
	) n
	WHERE l.`service_id` = old.`service_id` AND n.`name` IS NOT NULL AND NOT EXISTS (
		SELECT 1 FROM `revocations` r WHERE r.`service_id` = old.`service_id`
			AND r.`client_id` = old.`client_id` AND r.`name` = 'client ' || n.`name`);
END;
