export const count = (n: number): string => n.toLocaleString('en-US');

export const policies = (n: number): string => (n === 1 ? '1 policy' : `${count(n)} policies`);
