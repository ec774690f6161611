DROP FUNCTION walls_of(bigint[]), walled_engagements(bigint), walled_leads(bigint), walled_organisations(bigint);
