CREATE TABLE "usage" (
	"service_id" bigint NOT NULL,
	"day" bigint NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"count" bigint NOT NULL,
	CONSTRAINT "usage_service_id_day_kind_name_pk" PRIMARY KEY("service_id","day","kind","name")
);
--> statement-breakpoint
CREATE INDEX "usage_rank" ON "usage" USING btree ("day","kind","name","count");