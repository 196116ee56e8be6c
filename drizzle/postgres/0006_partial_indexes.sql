DROP INDEX "access_tokens_subject";--> statement-breakpoint
DROP INDEX "access_tokens_session";--> statement-breakpoint
DROP INDEX "access_tokens_grant";--> statement-breakpoint
DROP INDEX "refresh_tokens_subject";--> statement-breakpoint
DROP INDEX "refresh_tokens_session";--> statement-breakpoint
DROP INDEX "refresh_tokens_grant";--> statement-breakpoint
CREATE INDEX "access_tokens_subject" ON "access_tokens" USING btree ("service_id","subject") WHERE "access_tokens"."subject" is not null;--> statement-breakpoint
CREATE INDEX "access_tokens_session" ON "access_tokens" USING btree ("service_id","session_id") WHERE "access_tokens"."session_id" is not null;--> statement-breakpoint
CREATE INDEX "access_tokens_grant" ON "access_tokens" USING btree ("service_id","grant_id") WHERE "access_tokens"."grant_id" is not null;--> statement-breakpoint
CREATE INDEX "refresh_tokens_subject" ON "refresh_tokens" USING btree ("service_id","subject") WHERE "refresh_tokens"."subject" is not null;--> statement-breakpoint
CREATE INDEX "refresh_tokens_session" ON "refresh_tokens" USING btree ("service_id","session_id") WHERE "refresh_tokens"."session_id" is not null;--> statement-breakpoint
CREATE INDEX "refresh_tokens_grant" ON "refresh_tokens" USING btree ("service_id","grant_id") WHERE "refresh_tokens"."grant_id" is not null;