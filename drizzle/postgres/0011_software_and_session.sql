ALTER TABLE "authorization_codes" ADD COLUMN "session_id" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "software_id" text;--> statement-breakpoint
UPDATE "authorization_codes" SET "session_id" = "data" #>> '{grant,sessionId}' WHERE "data" #>> '{grant,sessionId}' IS NOT NULL;--> statement-breakpoint
UPDATE "clients" SET "software_id" = nullif("data" ->> 'softwareId', '') WHERE "data" ->> 'softwareId' IS NOT NULL;--> statement-breakpoint
CREATE INDEX "clients_software" ON "clients" USING btree ("service_id","software_id") WHERE "clients"."software_id" is not null;