CREATE TABLE "revisions" (
	"service_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"document_id" bigint NOT NULL,
	"version" bigint NOT NULL,
	"at" bigint NOT NULL,
	"kept_until" bigint,
	"origin" jsonb NOT NULL,
	"settings" jsonb,
	CONSTRAINT "revisions_service_id_kind_document_id_version_pk" PRIMARY KEY("service_id","kind","document_id","version")
);
--> statement-breakpoint
CREATE INDEX "revisions_kept_until" ON "revisions" USING btree ("kept_until") WHERE "revisions"."kept_until" is not null;