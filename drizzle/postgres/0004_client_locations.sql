ALTER TABLE "clients" ADD COLUMN "location" text;--> statement-breakpoint
CREATE UNIQUE INDEX "clients_location" ON "clients" USING btree ("service_id","location");