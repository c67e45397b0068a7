-- An Interim-Update changes no indexed column any more, so it is written in place (HOT) and touches no index.
-- Sessions without news are found among the open ones.
DROP INDEX sessions_open_news;
