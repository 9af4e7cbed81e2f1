/** Whichever the reader chose with the variable `datasource`. */
export const DATASOURCE = { type: 'prometheus', uid: '$datasource' };
