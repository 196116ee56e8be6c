ALTER TABLE "services" ADD COLUMN "ahead" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "services_ahead" ON "services" USING btree ("ahead") WHERE "services"."ahead" > 0;