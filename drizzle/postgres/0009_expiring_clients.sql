ALTER TABLE "clients" ADD COLUMN "expires_at" bigint;--> statement-breakpoint
CREATE INDEX "clients_expiry" ON "clients" USING btree ("expires_at") WHERE "clients"."expires_at" is not null;--> statement-breakpoint
CREATE INDEX "clients_unused" ON "clients" USING btree ("service_id","expires_at","location") WHERE "clients"."expires_at" is not null;