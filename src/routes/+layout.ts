/** Pages are drawn in the browser only, from the person's own database. */
export const ssr = false;
export const prerender = false;
