ALTER TABLE "clients" ADD COLUMN "search_uri" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "search_name" text COLLATE "C" DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "labels" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "summary" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "services" ADD COLUMN "search_issuer" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "services" ADD COLUMN "search_name" text COLLATE "C" DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "services" ADD COLUMN "labels" text;--> statement-breakpoint
ALTER TABLE "services" ADD COLUMN "summary" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
UPDATE "services" SET "search_name" = left(lower(regexp_replace(trim(coalesce("data" ->> 'serviceName', '')), '\s+', ' ', 'g')), 120), "search_issuer" = left(regexp_replace(nullif(lower("data" ->> 'issuer'), ''), '^https?://', ''), 200), "summary" = jsonb_build_object('serviceName', nullif(left("data" ->> 'serviceName', 300), ''), 'issuer', nullif(left("data" ->> 'issuer', 300), ''));--> statement-breakpoint
UPDATE "clients" SET "search_name" = left(lower(regexp_replace(trim(coalesce("data" ->> 'clientName', '')), '\s+', ' ', 'g')), 120), "search_uri" = left(regexp_replace(nullif(lower("data" #>> '{redirectUris,0}'), ''), '^https?://', ''), 200), "summary" = jsonb_build_object('clientName', nullif(left("data" ->> 'clientName', 300), ''), 'clientType', nullif(left("data" ->> 'clientType', 300), ''), 'clientSource', nullif(left("data" ->> 'clientSource', 300), ''), 'locked', CASE WHEN "data" -> 'locked' = 'true'::jsonb THEN true END);--> statement-breakpoint
CREATE INDEX "clients_name" ON "clients" USING btree ("service_id","search_name","number");--> statement-breakpoint
CREATE INDEX "clients_uri" ON "clients" USING btree ("service_id","search_uri","number") WHERE "clients"."search_uri" is not null;--> statement-breakpoint
CREATE INDEX "clients_labels" ON "clients" USING btree ("service_id","search_name","number","labels","search_uri") WHERE "clients"."labels" is not null;--> statement-breakpoint
CREATE INDEX "services_name" ON "services" USING btree ("search_name","number");--> statement-breakpoint
CREATE INDEX "services_issuer" ON "services" USING btree ("search_issuer","number") WHERE "services"."search_issuer" is not null;--> statement-breakpoint
CREATE INDEX "services_labels" ON "services" USING btree ("search_name","number","labels","search_issuer","service_id") WHERE "services"."labels" is not null;