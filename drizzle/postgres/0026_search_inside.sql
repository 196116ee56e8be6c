DROP INDEX "clients_name";--> statement-breakpoint
DROP INDEX "services_name";--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "traits" text DEFAULT '' NOT NULL;--> statement-breakpoint
UPDATE "clients" SET "traits" = ':' || coalesce("data" ->> 'clientType', '') || ':' || coalesce("data" ->> 'applicationType', '') || ':' || coalesce("data" ->> 'clientSource', '') || ':' || coalesce("data" ->> 'tokenAuthMethod', '') || CASE WHEN "data" -> 'locked' = 'true'::jsonb THEN ':LOCKED:' ELSE ':OPEN:' END;--> statement-breakpoint
CREATE INDEX "clients_found" ON "clients" USING btree ("service_id","search_name","number","search_uri","traits","labels");--> statement-breakpoint
CREATE INDEX "services_found" ON "services" USING btree ("search_name","number","search_issuer","labels","service_id");--> statement-breakpoint
CREATE INDEX "services_changed" ON "services" USING btree ("modified_at","number","search_name","search_issuer","labels","service_id");